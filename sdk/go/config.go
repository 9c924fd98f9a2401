package thecloud

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Where the gateway serves gRPC unless it is told otherwise.
const defaultPort = "8081"

var env = os.Getenv

// settings are where the cloud is, and who is calling. At most one of apiKey and sessionToken is set.
type settings struct {
	address, apiKey, sessionToken, project string
	secure                                 bool
}

// What a context of the CLI's file says.
type fileContext struct {
	Server       string `yaml:"server"`
	GRPCAddress  string `yaml:"grpc_address"`
	APIKey       string `yaml:"api_key"`
	SessionToken string `yaml:"session_token"`
	ProjectID    string `yaml:"project_id"`
}

// settings: options beat the environment, which beats the file.
func (o *options) settings() (settings, error) {
	file, err := readContext(configPath(o.env), o.context)
	if err != nil {
		return settings{}, err
	}
	fromFile := first(file.GRPCAddress, grpcAddress(file.Server))
	fromEnv := first(o.env("THECLOUD_GRPC_ADDRESS"), grpcAddress(o.env("THECLOUD_URL")))
	address, secure, err := parseAddress(first(o.address, fromEnv, fromFile, "127.0.0.1:"+defaultPort))
	if err != nil {
		return settings{}, err
	}
	found := settings{address, o.apiKey, o.sessionToken, first(o.project, o.env("THECLOUD_PROJECT")), secure}
	if found.apiKey == "" && found.sessionToken == "" {
		found.apiKey = o.env("THECLOUD_API_KEY")
	}
	if found.apiKey != "" || found.sessionToken != "" || fromFile == "" {
		return found, nil
	}
	// A credential is for the cloud it was made by, and is never shown to another.
	itsAddress, itsSecure, err := parseAddress(fromFile)
	if err != nil || itsAddress != address || itsSecure != secure {
		return found, err
	}
	if found.apiKey = file.APIKey; found.apiKey == "" {
		found.sessionToken = file.SessionToken
		found.project = first(found.project, file.ProjectID)
	}
	return found, nil
}

// metadata that goes with every call.
func (s settings) metadata() []string {
	var pairs []string
	switch {
	case s.apiKey != "":
		pairs = append(pairs, "x-api-key", s.apiKey)
	case s.sessionToken != "":
		pairs = append(pairs, "authorization", "Bearer "+s.sessionToken)
	}
	if s.project != "" {
		pairs = append(pairs, "x-project-id", s.project)
	}
	return pairs
}

// parseAddress gives "host:port" and whether to use TLS: as the scheme says, else unless it is this machine.
func parseAddress(text string) (address string, secure bool, err error) {
	whole := text
	if !strings.Contains(text, "//") {
		whole = "//" + text
	}
	parts, err := url.Parse(whole)
	if err != nil || parts.Hostname() == "" || parts.User != nil || strings.Trim(parts.Path, "/") != "" {
		return "", false, fmt.Errorf("%q is no address: it looks like 127.0.0.1:8081 or https://cloud.example:8081", text)
	}
	switch parts.Scheme {
	case "https":
		secure = true
	case "http":
	case "":
		secure = !isLoopback(parts.Hostname())
	default:
		return "", false, fmt.Errorf("%q is no address: its scheme is neither http nor https", text)
	}
	return net.JoinHostPort(parts.Hostname(), first(parts.Port(), defaultPort)), secure, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// The file names the HTTP API; gRPC is at the same host.
func grpcAddress(server string) string {
	parts, err := url.Parse(server)
	if err != nil || parts.Hostname() == "" {
		return ""
	}
	return parts.Scheme + "://" + net.JoinHostPort(parts.Hostname(), defaultPort)
}

func configPath(env func(string) string) string {
	if path := env("THECLOUD_CONFIG"); path != "" {
		return path
	}
	return filepath.Join(first(env("XDG_CONFIG_HOME"), filepath.Join(env("HOME"), ".config")), "thecloud", "config.yaml")
}

// readContext reads one context, by default the current one. None at all is an empty one.
func readContext(path, name string) (fileContext, error) {
	var file struct {
		CurrentContext string                 `yaml:"current_context"`
		Contexts       map[string]fileContext `yaml:"contexts"`
	}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileContext{}, err
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return fileContext{}, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	found, ok := file.Contexts[first(name, file.CurrentContext, "default")]
	if name != "" && !ok {
		return fileContext{}, fmt.Errorf("%s has no context named %q", path, name)
	}
	return found, nil
}

// first gives the first text that is not empty.
func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
