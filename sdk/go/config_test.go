package thecloud

import (
	"os"
	"path/filepath"
	"testing"
)

const file = `
current_context: home
contexts:
  home: {server: "http://127.0.0.1:8080", api_key: cloud_home}
  work: {server: "https://cloud.example", session_token: cloudsess_work, project_id: prj_9}
  moved: {server: "http://127.0.0.1:80", grpc_address: "127.0.0.1:9", api_key: cloud_moved}
`

func TestSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		options options
		env     map[string]string
		want    settings
	}{
		"nothing":  {options{}, map[string]string{"THECLOUD_CONFIG": "/nowhere"}, settings{address: "127.0.0.1:8081"}},
		"the file": {options{}, nil, settings{address: "127.0.0.1:8081", apiKey: "cloud_home"}},
		"another context": {options{context: "work"}, nil,
			settings{address: "cloud.example:8081", secure: true, sessionToken: "cloudsess_work", project: "prj_9"}},
		"a context that says where gRPC is": {options{context: "moved"}, nil,
			settings{address: "127.0.0.1:9", apiKey: "cloud_moved"}},
		"the environment beats the file": {options{},
			map[string]string{"THECLOUD_API_KEY": "cloud_env", "THECLOUD_GRPC_ADDRESS": "127.0.0.1:9"},
			settings{address: "127.0.0.1:9", apiKey: "cloud_env"}},
		"options beat both": {options{address: "http://127.0.0.1:7", apiKey: "cloud_arg"},
			map[string]string{"THECLOUD_API_KEY": "cloud_env"}, settings{address: "127.0.0.1:7", apiKey: "cloud_arg"}},
		"a credential of the file is for its own cloud only": {options{address: "other.example"}, nil,
			settings{address: "other.example:8081", secure: true}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.options.env = func(key string) string {
				if value, ok := c.env[key]; ok || key != "THECLOUD_CONFIG" {
					return value
				}
				return path
			}
			found, err := c.options.settings()
			if err != nil {
				t.Fatal(err)
			}
			equal(t, found, c.want)
		})
	}
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]settings{
		"cloud.example":           {address: "cloud.example:8081", secure: true},
		"http://cloud.example:80": {address: "cloud.example:80"},
		"localhost:1":             {address: "localhost:1"},
		"[::1]:1":                 {address: "[::1]:1"},
	} {
		address, secure, err := parseAddress(text)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, settings{address: address, secure: secure}, want)
	}
	for _, wrong := range []string{"", "ftp://x", "host:port", "https://x/path"} {
		if _, _, err := parseAddress(wrong); err == nil {
			t.Errorf("%q is taken for an address", wrong)
		}
	}
}
