"""Leave-one-source-out of several recipes and seeds: which one knows other people's instruments?"""
