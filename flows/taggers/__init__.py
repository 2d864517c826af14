"""Trained models that find names in place of the rules, one for each language."""
