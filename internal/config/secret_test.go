package config

import "testing"

func TestSecrets(t *testing.T) {
	long := "0123456789abcdefghij0123456789abcdef"
	for in, want := range map[string]string{
		"x ghp_" + long + " y":                     "x ghp_... y",
		"github_pat_" + long + "," + "gho_" + long: "github_pat_...,gho_...",
		"AIza" + long:                              "AIza...",
		"-----BEGIN RSA PRIVATE KEY-----":          "-----BEGIN ...",
		"sk-ant-" + long:                           "sk-ant-...",
		"task-sk-ant-short ghp_ ghp_short":         "task-sk-ant-short ghp_ ghp_short",
		"a_ghp_" + long:                            "a_ghp_...",
		"disk-sk-ant-" + long:                      "disk-sk-ant-...",
		"disksk-ant-" + long:                       "disksk-ant-" + long, // no word begins there
		"GITHUB_TOKEN google-labs-jules[bot]":      "GITHUB_TOKEN google-labs-jules[bot]",
	} {
		got := maskSecrets(in)
		if in[0] == '-' {
			got = got[:len("-----BEGIN ...")]
		}
		if got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
