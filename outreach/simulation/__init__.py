"""The same engine on a virtual clock: what would these rules have done to these customers?"""
