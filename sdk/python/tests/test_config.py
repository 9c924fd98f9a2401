"""Where the cloud is and who is calling: arguments, environment, the CLI's file."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from thecloud._config import Settings, parse, settings

FILE = """
current_context: home
contexts:
  home: {server: "http://127.0.0.1:8080", api_key: cloud_home}
  work: {server: "https://cloud.example", session_token: cloudsess_work, project_id: prj_9}
  moved: {server: "http://127.0.0.1:80", grpc_address: "127.0.0.1:9", api_key: cloud_moved}
"""


class ConfigTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name, "config.yaml")
        path.write_text(FILE, "utf-8")
        self.env = {"THECLOUD_CONFIG": str(path)}

    def test_nothing_said(self) -> None:
        self.assertEqual(
            settings(env={"THECLOUD_CONFIG": "/nowhere/config.yaml"}), Settings("127.0.0.1:8081", False)
        )

    def test_the_file(self) -> None:
        self.assertEqual(
            settings(env=self.env), Settings("127.0.0.1:8081", False, api_key="cloud_home")
        )
        self.assertEqual(
            settings(env=self.env, context="work"),
            Settings("cloud.example:8081", True, session_token="cloudsess_work", project="prj_9"),
        )

    def test_a_context_that_says_where_grpc_is(self) -> None:
        self.assertEqual(
            settings(env=self.env, context="moved"), Settings("127.0.0.1:9", False, api_key="cloud_moved")
        )

    def test_the_environment_beats_the_file_and_arguments_beat_both(self) -> None:
        env = {**self.env, "THECLOUD_API_KEY": "cloud_env", "THECLOUD_GRPC_ADDRESS": "127.0.0.1:9"}
        self.assertEqual(settings(env=env), Settings("127.0.0.1:9", False, api_key="cloud_env"))
        found = settings("http://127.0.0.1:7", api_key="cloud_arg", env=env)
        self.assertEqual(found, Settings("127.0.0.1:7", False, api_key="cloud_arg"))

    def test_a_credential_of_the_file_is_for_its_own_cloud_only(self) -> None:
        self.assertEqual(settings("other.example", env=self.env).api_key, "")
        self.assertEqual(settings("https://127.0.0.1:8081", env=self.env).api_key, "")

    def test_tls_unless_it_is_this_machine(self) -> None:
        self.assertEqual(parse("cloud.example"), ("cloud.example:8081", True))
        self.assertEqual(parse("http://cloud.example:80"), ("cloud.example:80", False))
        self.assertEqual(parse("localhost:1"), ("localhost:1", False))
        self.assertEqual(parse("[::1]:1"), ("[::1]:1", False))
        for wrong in ("", "ftp://x", "host:port", "https://x/path"):
            with self.assertRaises(ValueError, msg=wrong):
                parse(wrong)


if __name__ == "__main__":
    unittest.main()
