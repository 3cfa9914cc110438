"""Where providers report how messages fared, and what people write back."""
