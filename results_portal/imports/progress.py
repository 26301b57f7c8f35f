"""A progress line on a terminal, with the time that is left."""

import time


class Progress:
    """Progress line, called with (done, total); silent where `stream` is no terminal."""

    def __init__(self, stream, label, *, verbosity=1, every=0.2):
        self._stream, self._label, self._every = stream, label, every
        self._shown = bool(verbosity) and stream.isatty()
        self._began = self._last = time.monotonic()

    def __call__(self, done, total):
        now = time.monotonic()
        if not self._shown or (done < total and now - self._last < self._every):
            return
        self._last = now
        left = (now - self._began) * (total - done) / done if done else 0
        share = done / total if total else 1
        text = f"\r{self._label} {share:4.0%}  {done:,} / {total:,}".replace(",", " ")
        if done < total:
            text += f"  encore {int(left // 60)} min {int(left % 60):02d} s"
        self._stream.write(f"{text:<78}" + ("\n" if done >= total else ""))
        self._stream.flush()
