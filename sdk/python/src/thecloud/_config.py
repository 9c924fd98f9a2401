"""Where the cloud is, and who is calling: from arguments, the environment, or the CLI's file."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional
from urllib.parse import urlsplit

import yaml

#: Where the gateway serves gRPC unless it is told otherwise.
DEFAULT_PORT = 8081
DEFAULT_ADDRESS = f"127.0.0.1:{DEFAULT_PORT}"


@dataclass(frozen=True)
class Settings:
    """address is "host:port"; at most one of api_key and session_token is set."""

    address: str
    secure: bool
    api_key: str = ""
    session_token: str = ""
    project: str = ""


def settings(
    address: Optional[str] = None,
    *,
    api_key: Optional[str] = None,
    session_token: Optional[str] = None,
    project: Optional[str] = None,
    context: Optional[str] = None,
    env: Mapping[str, str] = os.environ,
) -> Settings:
    """Arguments beat the environment, which beats the file that ``cloud login`` writes."""
    file = _context(env, context)
    from_file = str(file.get("grpc_address") or "") or _grpc_address(str(file.get("server") or ""))
    from_env = env.get("THECLOUD_GRPC_ADDRESS") or _grpc_address(env.get("THECLOUD_URL", ""))
    target, secure = parse(address or from_env or from_file or DEFAULT_ADDRESS)
    key, token = api_key, session_token
    if not key and not token:
        key = env.get("THECLOUD_API_KEY")
    # A credential is for the cloud it was made by, and is never shown to another.
    trusted = bool(from_file) and parse(from_file) == (target, secure)
    if not key and not token and trusted:
        key, token = str(file.get("api_key") or ""), str(file.get("session_token") or "")
        if token and not key:
            project = project or env.get("THECLOUD_PROJECT") or str(file.get("project_id") or "")
    project = project or env.get("THECLOUD_PROJECT") or ""
    return Settings(target, secure, key or "", "" if key else token or "", project)


def parse(address: str) -> tuple[str, bool]:
    """ "host:port" and whether to use TLS: as the scheme says, else unless it is this machine."""
    parts = urlsplit(address if "//" in address else f"//{address}")
    try:
        host, port = parts.hostname, parts.port or DEFAULT_PORT
    except ValueError:
        host, port = None, 0
    if not host or parts.scheme not in ("", "http", "https") or parts.path not in ("", "/"):
        raise ValueError(f'"{address}" is no address. It looks like 127.0.0.1:8081 or https://cloud.example:8081')
    secure = parts.scheme == "https" if parts.scheme else not _is_loopback(host)
    return (f"[{host}]:{port}" if ":" in host else f"{host}:{port}"), secure


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _grpc_address(server: str) -> str:
    """The file names the HTTP API; gRPC is at the same host."""
    if not server:
        return ""
    parts = urlsplit(server)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{DEFAULT_PORT}"


def config_path(env: Mapping[str, str]) -> Path:
    if env.get("THECLOUD_CONFIG"):
        return Path(env["THECLOUD_CONFIG"])
    home = env.get("HOME") or str(Path.home())
    return Path(env.get("XDG_CONFIG_HOME") or Path(home, ".config"), "thecloud", "config.yaml")


def _context(env: Mapping[str, str], name: Optional[str]) -> Mapping[str, Any]:
    path = config_path(env)
    try:
        file = yaml.safe_load(path.read_text("utf-8")) or {}
    except FileNotFoundError:
        file = {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    contexts = file.get("contexts", {}) if isinstance(file, dict) else None
    if not isinstance(contexts, dict):
        raise ValueError(f"{path} has no contexts. Correct it, or delete it and run: cloud login")
    wanted = name or file.get("current_context", "default")
    found = contexts.get(wanted)
    if name and found is None:
        raise ValueError(f'{path} has no context named "{name}".')
    return found if isinstance(found, dict) else {}
