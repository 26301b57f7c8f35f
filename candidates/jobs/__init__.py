"""Long work of the office, done outside the request by `manage.py worker`.

An app registers its kinds of work from `ready()` (`kinds`), a page asks for one (`queue.ask`), and
a worker does it (`running.run`) in the order of the queue. The queue is procrastinate's, on the
office's own database; a row of `Job` says who asked for what, how far it is and what came of it.
"""
