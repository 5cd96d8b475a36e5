"""The commands of `scslab`: thin, one file each."""
