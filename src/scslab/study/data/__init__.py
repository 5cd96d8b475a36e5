"""Survey answers: data files in and out with labels and missing codes, study files, codebooks."""
