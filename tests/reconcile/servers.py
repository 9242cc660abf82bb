"""Real database servers of Debian's packages, started on 127.0.0.1 for the tests alone."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "p@ss/word-17"  # noqa: S105 - of a server that lives as long as the tests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _program(name: str, package: str, *folders: str) -> str:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *folders])
    found = shutil.which(name, path=path)
    if found is None:
        if os.environ.get("CN_TEST_DATABASES"):
            pytest.fail(f"{name} is not here, and CN_TEST_DATABASES says that it must be")
        pytest.skip(f"{name} is not here: apt-get install {package}")
    return found


@contextmanager
def _folder(user: str) -> Iterator[tuple[Path, list[str]]]:
    """A folder of the server's user, and how to run as that user: servers refuse root."""
    with tempfile.TemporaryDirectory(prefix="cn-database-") as name:
        if os.getuid() != 0:
            yield Path(name), []
            return
        try:
            pwd.getpwnam(user)
        except KeyError:
            pytest.skip(f"there is no user {user} to run the server as")
        shutil.chown(name, user)
        yield Path(name), ["runuser", "-u", user, "--"]


@contextmanager
def postgresql() -> Iterator[str]:
    """Run PostgreSQL; yields the URL of its database."""
    folders = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    initdb = _program("initdb", "postgresql", *folders)
    pg_ctl = _program("pg_ctl", "postgresql", *folders)
    with _folder("postgres") as (folder, as_user):
        secret = folder / "password"
        secret.write_text(PASSWORD)
        if as_user:
            shutil.chown(secret, "postgres")
        data, port = folder / "data", free_port()

        def run(*command: str) -> None:
            subprocess.run([*as_user, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL)

        options = ["-A", "scram-sha-256", "-U", "shop", "--no-sync", "-E", "UTF8"]
        run(initdb, "-D", str(data), "--pwfile", str(secret), *options)
        server = f"-h 127.0.0.1 -p {port} -k {folder} -F"
        log = str(folder / "log")
        run(pg_ctl, "-D", str(data), "-w", "-o", server, "-l", log, "start")
        try:
            yield f"postgresql://shop:p%40ss%2Fword-17@127.0.0.1:{port}/postgres"
        finally:
            run(pg_ctl, "-D", str(data), "-m", "immediate", "stop")


@contextmanager
def mariadb() -> Iterator[str]:
    """Run MariaDB; yields the URL of a server with a database "shop"."""
    install = _program("mariadb-install-db", "mariadb-server")
    server = _program("mariadbd", "mariadb-server")
    with _folder("mysql") as (folder, as_user):
        data, port = folder / "data", free_port()
        start = folder / "start.sql"
        start.write_text(
            "CREATE DATABASE shop;\n"
            f"CREATE USER 'shop'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n"
            "GRANT ALL ON *.* TO 'shop'@'127.0.0.1';\n"
        )
        start.chmod(0o644)
        # Native asynchronous I/O has a limit for the whole machine, which others may have used up.
        small = ["--innodb-use-native-aio=0", "--innodb-buffer-pool-size=16M"]
        plain = ["--no-defaults", f"--datadir={data}", *small]
        subprocess.run(
            [
                *as_user,
                install,
                *plain,
                "--skip-test-db",
                "--auth-root-authentication-method=normal",
            ],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        command = [
            *as_user,
            server,
            *plain,
            "--bind-address=127.0.0.1",
            f"--port={port}",
            f"--socket={folder}/socket",
            f"--pid-file={folder}/pid",
            f"--init-file={start}",
            "--skip-name-resolve",
            "--innodb-flush-log-at-trx-commit=0",
        ]
        with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            said = []
            for line in process.stderr:
                said.append(line)
                if "ready for connections" in line:
                    break
            else:
                pytest.fail("MariaDB did not start: " + "".join(said))
            try:
                yield f"mariadb://shop:p%40ss%2Fword-17@127.0.0.1:{port}/shop"
            finally:
                # runuser passes the signal on to the server.
                process.terminate()
                process.communicate()
