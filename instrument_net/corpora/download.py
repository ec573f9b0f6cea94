"""A file of a corpus, downloaded: checked, and continued where an earlier download stopped."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

import pooch
import requests
from rich.console import Console

from instrument_net.data.corpora.published.facts import RemoteFile
from instrument_net.errors import InputError
from instrument_net.progress import work_progress

_CHUNK = 2**16  # bytes; of these, the last ones before a stop are lost
_TIMEOUT_S = 60
_MB = 1e6
_COMPLETE = 416  # status: nothing follows the bytes that are there


def download(file: RemoteFile, folder: Path, screen: Console) -> Path:
    """Return the path of a downloaded file, which has its checksum if one is published.

    A file that is there already, with that checksum, is not downloaded again. Until it is complete,
    a file is called ``NAME.part``, and the next call continues it.

    Args:
        file: What to download.
        folder: Where to; it is made.
        screen: Shows progress.

    Raises:
        InputError: If it cannot be downloaded, cannot be written, or has another checksum.
    """
    pooch.get_logger().setLevel(logging.WARNING)  # the progress bar says what it would
    try:
        path = pooch.retrieve(
            file.url,
            known_hash=file.checksum,
            fname=file.name,
            path=folder,
            downloader=_Continued(folder / f"{file.name}.part", screen),
        )
    except InputError:
        raise
    except requests.RequestException as error:
        raise InputError(
            f"{file.url}: cannot be downloaded: {_in_words(error)}; the same command continues"
        ) from error
    except OSError as error:
        raise InputError(
            f"{folder}: {error.strerror or error}; make room, or choose another"
        ) from error
    except ValueError as error:
        raise InputError(
            f"{file.url}: what was downloaded does not have the checksum {file.checksum}, and was "
            "deleted: fetch it again, or ask its authors whether it has changed"
        ) from error
    return Path(path)


def _in_words(error: requests.RequestException) -> str:
    """Return what went wrong, without the stack of causes that requests prints."""
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answers {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout):
        return "the server does not answer"
    if isinstance(error, requests.ConnectionError):
        return "there is no connection to the server"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection was lost"
    return str(error)


@dataclass(frozen=True)
class _Continued:
    """Pooch's own downloader starts anew each time; this one continues.

    Attributes:
        part: What has been downloaded so far; it stays when a download is interrupted.
        screen: Shows progress.
    """

    part: Path
    screen: Console

    def __call__(self, url: str, output_file: str, pooch: object) -> None:
        """Download to ``part``, and move it to ``output_file`` when it is complete.

        Raises:
            requests.RequestException: If the server does not answer, or stops too early.
        """
        del pooch
        done = self.part.stat().st_size if self.part.is_file() else 0
        # As it is: compressed on its way, a file would have other lengths and ranges.
        asked = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
        with requests.get(url, headers=asked, stream=True, timeout=_TIMEOUT_S) as response:
            if done and response.status_code == _COMPLETE:
                self._finish(response, done, output_file)
                return
            response.raise_for_status()
            if response.status_code != requests.codes.partial_content:
                done = 0
            self._receive(response, done)
        shutil.move(self.part, output_file)

    def _receive(self, response: requests.Response, done: int) -> None:
        """Add to the part what the server sends; fewer bytes than announced are an error."""
        length = response.headers.get("Content-Length")
        with (
            work_progress("MB", self.screen) as progress,
            self.part.open("ab" if done else "wb") as file,
        ):
            bar = progress.add_task(
                f"Downloading {self.part.stem}",
                total=None if length is None else round((done + int(length)) / _MB),
                completed=round(done / _MB),
            )
            for chunk in response.iter_content(_CHUNK):
                file.write(chunk)
                progress.advance(bar, len(chunk) / _MB)

    def _finish(self, response: requests.Response, done: int, output_file: str) -> None:
        """Take the part as complete, if it has as many bytes as the server's file."""
        total = response.headers.get("Content-Range", "").rpartition("/")[2]
        if total != str(done):
            self.part.unlink()
            raise InputError(
                f"{self.part} had {done} bytes, the server's file has {total or 'others'}: it was "
                "deleted, and the same command starts anew"
            )
        shutil.move(self.part, output_file)
