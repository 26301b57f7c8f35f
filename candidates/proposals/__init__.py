"""Acts of which the harm cannot be taken back: one person proposes them, another approves.

`acts` proposes, approves, refuses, takes back and lets lapse; `kinds` are registered by the apps;
`people` says who may approve; `telling` writes to them.
"""
