"""Tables: weighted frequencies and cross-tabs with design-based intervals and tests."""
