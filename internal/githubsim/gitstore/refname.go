package gitstore

import "strings"

// CheckRef applies the rules of git check-ref-format to a full reference name.
func CheckRef(name string) bool {
	if !strings.Contains(name, "/") || name == "@" || strings.HasSuffix(name, ".") || strings.HasSuffix(name, "/") {
		return false
	}
	if strings.Contains(name, "..") || strings.Contains(name, "@{") || strings.ContainsAny(name, " ~^:?*[\\") {
		return false
	}
	for i := range len(name) {
		if name[i] < 0x20 || name[i] == 0x7f {
			return false
		}
	}
	for _, part := range strings.Split(name, "/") {
		if part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}
