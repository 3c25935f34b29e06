"""The rules: one class in one file each, registered in ``registry``."""
