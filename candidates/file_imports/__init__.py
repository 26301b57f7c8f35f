"""Import of the office's files in the browser, by the code of the import commands.

A file is stored (`storing`), checked by a job that writes nothing, shown to whoever sent it, then
imported by another job or not (`checking`). `kinds` are registered by the apps.
"""
