package seed

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// tree is what a repository's first commit holds: the files every repository
// has, those of its layer, and a plausible file for each path that its issues
// mention, long enough for the line they mention. codeOwner empty: no CODEOWNERS.
func tree(layer, org, name, codeOwner string, paths map[string]int) (map[string]string, error) {
	files := map[string]string{}
	for mentioned, line := range paths {
		files[mentioned] = skeleton(mentioned, line)
	}
	for _, file := range []string{"common.txt", layer + ".txt"} {
		records, err := readRecords("templates", file)
		if err != nil {
			return nil, err
		}
		if len(records) == 0 {
			return nil, fmt.Errorf("no template %s", file)
		}
		for _, rec := range records {
			text := strings.NewReplacer("{{org}}", org, "{{name}}", name).Replace(rec.body) + "\n"
			if line := paths[rec.fields["path"]]; strings.Count(text, "\n") < line {
				continue // the longer one that an issue asks for stays
			}
			files[rec.fields["path"]] = text
		}
	}
	if codeOwner != "" {
		files[".github/CODEOWNERS"] = "* @" + codeOwner + "\n"
	}
	return files, nil
}

var pathPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:[\w.-]+/)*[\w.-]+\.(?:go|php|ya?ml|sh|json|ini|md|example)\b(?:(?::| line )(\d+))?|\bDockerfile(?::(\d+))?`)
})

// mentioned are the paths that texts name, each with the highest line named;
// without those that are gone.
func mentioned(texts, gone []string) map[string]int {
	paths := map[string]int{}
	for _, text := range texts {
		for _, m := range pathPattern().FindAllStringSubmatch(text, -1) {
			name, _, _ := strings.Cut(m[0], ":")
			name, _, _ = strings.Cut(name, " line ")
			at, _ := strconv.Atoi(m[1] + m[2]) // no digits: no line
			known := strings.Contains(name, "/") || name == "Dockerfile" || name == "README.md" ||
				slices.Contains([]string{"composer.json", "docker-compose.yml", ".env.example"}, name)
			if !known || slices.Contains(gone, name) || strings.HasPrefix(name, "/") || strings.Contains(name, "..") {
				continue
			}
			paths[name] = max(paths[name], at)
		}
	}
	return paths
}

// skeleton is a plausible file of at least so many lines.
func skeleton(name string, lines int) string {
	var b strings.Builder
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	var part func(string, int) string
	end := ""
	switch path.Ext(name) {
	case ".go":
		pkg := strings.ReplaceAll(path.Base(path.Dir(name)), "-", "")
		fmt.Fprintf(&b, "// Package %s belongs to the module's own parts.\npackage %s\n", pkg, pkg)
		part = func(base string, n int) string {
			return fmt.Sprintf("\n// %[1]s%[2]d is step %[2]d of %[1]s.\nfunc %[1]s%[2]d(in []string) (out []string) {\n\tfor _, v := range in {\n\t\tif v != \"\" {\n\t\t\tout = append(out, v)\n\t\t}\n\t}\n\treturn out\n}\n", base, n)
		}
		base = strings.ReplaceAll(base, "_", "")
	case ".php":
		if strings.HasSuffix(name, ".blade.php") || !startsUpper(base) {
			b.WriteString("<?php\n\nreturn [\n")
			part = func(_ string, n int) string { return fmt.Sprintf("    'option_%d' => env('OPTION_%d'),\n", n, n) }
			end = "];\n"
			break
		}
		fmt.Fprintf(&b, "<?php\n\ndeclare(strict_types=1);\n\nnamespace %s;\n\nclass %s\n{\n", namespace(name), base)
		part = func(_ string, n int) string {
			return fmt.Sprintf("    public function step%d(array $in): array\n    {\n        return array_values(array_filter($in));\n    }\n\n", n)
		}
		end = "}\n"
	case ".sh":
		b.WriteString("#!/usr/bin/env bash\n")
		part = func(_ string, n int) string { return fmt.Sprintf("step_%d() {\n  echo \"step %d\"\n}\n", n, n) }
	case ".json":
		b.WriteString("{\n")
		part = func(_ string, n int) string { return fmt.Sprintf("  \"key%d\": %d,\n", n, n) }
		end = "  \"last\": true\n}\n"
	case ".md":
		fmt.Fprintf(&b, "# %s\n", base)
		part = func(_ string, n int) string { return fmt.Sprintf("\nParagraph %d.\n", n) }
	default:
		part = func(_ string, n int) string { return fmt.Sprintf("# line %d\n", n) }
	}
	for n := 1; strings.Count(b.String(), "\n") < lines || n == 1; n++ {
		b.WriteString(part(base, n))
	}
	b.WriteString(end)
	return b.String()
}

func startsUpper(s string) bool { return s != "" && s[0] >= 'A' && s[0] <= 'Z' }

// namespace is the PHP namespace of a class file below src.
func namespace(name string) string {
	dir := strings.TrimPrefix(path.Dir(name), "src/")
	if !strings.HasPrefix(dir, "Core") {
		dir = "Package/" + dir
	}
	return strings.ReplaceAll(dir, "/", `\`)
}
