"""Tables for papers in HTML, LaTeX and Word, and hypotheses with their verdicts."""
