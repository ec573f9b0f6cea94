"""Broken input of every kind, from a seed, through the public names: is each answered?"""
