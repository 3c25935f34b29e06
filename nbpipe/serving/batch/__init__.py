"""Predicting for files of any size: read in blocks, sifted, written so that a kill loses little."""
