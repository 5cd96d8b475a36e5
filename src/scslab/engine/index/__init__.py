"""Index schemes: windowed indicators, scales and weights to publications, and the contributions that explain them."""
