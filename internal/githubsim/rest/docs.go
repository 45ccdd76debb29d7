package rest

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed docs.txt
var docsText string

// docPages are the pages of docs.txt by operation.
var docPages = sync.OnceValue(func() map[string]string {
	pages := map[string]string{}
	for _, l := range strings.Split(docsText, "\n") {
		if at := strings.LastIndexByte(l, ' '); at > 0 && l[0] != '#' {
			pages[l[:at]] = Docs + "/" + l[at+1:]
		}
	}
	return pages
})

// docsOf is the page an error of that operation names.
func docsOf(method string, m Match) string {
	if m.Template == fileTree || m.Template == repoPath+"/contents" {
		return Docs + "/repos/contents#get-repository-content"
	}
	return docPages()[m.Key(method)]
}
