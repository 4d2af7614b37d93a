"""The stream room: the only one that imports faust, aiokafka or mode.

It has no front door: each import names its folder. `processing/` and `faust_patches/` import Faust, which takes half a
second; the other folders do not, and a test looks.
"""
