"""Typed shapes (generator follows)."""
