"""Faust and aiokafka as they are needed here: every private name of theirs that is touched is in this folder.

`versions` refuses any other release than the one that was read and measured; `privates` lists each name with the
shape that it must have, and a test compares. Nothing outside this folder may rely on a name with an underscore.
"""

from app.stream.faust_patches.versions import refuse_other_versions

refuse_other_versions()
