"""Read what people bring: ratings and whole catalogues."""
