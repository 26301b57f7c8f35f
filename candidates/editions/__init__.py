"""Editions: the files that the office takes out of a session, each made by a job of the worker.

The apps register their `kinds` from `ready()`. A job makes the files by the code of the command
(`making`), keeps them as one, and gives it for a week to those who may have it.
"""
