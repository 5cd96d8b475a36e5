"""Who lives there: cells with exact margins, traits, households, businesses; computed when asked for, never stored."""
