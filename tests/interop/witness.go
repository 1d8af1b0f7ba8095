// A second opinion on a log, by the library of Go's checksum database, which shares no line with verify.py.
//
//	witness chain FILE...                   log.jsonl: the links, and the root of the tree
//	witness checkpoint VKEY FILE...         checkpoints: the signature
//	witness receipt VKEY FILE...            receipts: the checkpoint, and the path to it
//	witness proof VKEY SIZE ROOT FILE...    consistency proofs: the same, from an old size and root
//
// For each file a line gives the log's size and root, or says why it is refused; then the exit code is 1.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var commands = map[string]struct {
	options int
	check   func(options []string, text string) tlog.Tree
}{"chain": {0, chain}, "checkpoint": {1, checkpoint}, "receipt": {1, receipt}, "proof": {3, proof}}

func main() {
	command, code := commands[os.Args[1]], 0
	options, files := os.Args[2:2+command.options], os.Args[2+command.options:]
	for _, file := range files {
		text := string(must(os.ReadFile(file)))
		if !accepted(func() tlog.Tree { return command.check(options, text) }) {
			code = 1
		}
	}
	os.Exit(code)
}

func accepted(check func() tlog.Tree) (accepted bool) {
	defer func() {
		if why := recover(); why != nil {
			fmt.Println("refused:", why)
		}
	}()
	tree := check()
	fmt.Println(tree.N, tree.Hash)
	return true
}

// refuse ends the check of a file: one reason is enough.
func refuse(when bool, why any) {
	if when {
		panic(why)
	}
}

func must[T any](value T, err error) T {
	refuse(err != nil, err)
	return value
}

func chain(_ []string, text string) (tree tlog.Tree) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (hashes []tlog.Hash, _ error) {
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	var prev [sha256.Size]byte
	for ; text != ""; tree.N++ {
		line, rest, _ := strings.Cut(text, "\n")
		follows := strings.Contains(line, fmt.Sprintf(`,"prev":"%x","seq":%d,`, prev, tree.N))
		refuse(!follows, fmt.Sprintf("entry %d does not follow", tree.N))
		stored = append(stored, must(tlog.StoredHashes(tree.N, []byte(line), reader))...)
		prev, text = sha256.Sum256([]byte("\x00"+line)), rest
	}
	tree.Hash = must(tlog.TreeHash(tree.N, reader))
	return tree
}

func checkpoint(options []string, text string) tlog.Tree {
	verifier := must(note.NewVerifier(options[0]))
	signed := must(note.Open([]byte(text), note.VerifierList(verifier))).Text
	// The tree of Go's own log is spelt alike, under one fixed name.
	tree := strings.TrimPrefix(signed, verifier.Name()+"\n")
	refuse(tree == signed || strings.Count(tree, "\n") != 2, "another log's checkpoint")
	return must(tlog.ParseTree([]byte("go.sum database tree\n" + tree)))
}

func receipt(options []string, text string) tlog.Tree {
	const form = "c2sp.org/tlog-proof@v1\nextra %s\nindex %d\n"
	var extra string
	var index int64
	fmt.Sscanf(text, form, &extra, &index) // reads loosely; `evidence` wants exactly what it made of it
	line := must(base64.StdEncoding.Strict().DecodeString(extra))
	path, tree := evidence(options[0], text, fmt.Sprintf(form, extra, index))
	err := tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(line))
	refuse(err != nil, err)
	return tree
}

func proof(options []string, text string) tlog.Tree {
	var size int64
	must(fmt.Sscan(options[1], &size))
	path, tree := evidence(options[0], text, fmt.Sprintf("old %d\n", size))
	err := tlog.CheckTree(path, tree.N, tree.Hash, size, must(tlog.ParseHash(options[2])))
	refuse(err != nil, err)
	return tree
}

// evidence reads hashes, an empty line and a checkpoint after the head of a file.
func evidence(vkey, text, head string) (path []tlog.Hash, tree tlog.Tree) {
	refuse(!strings.HasPrefix(text, head), "another head")
	lines, signed, _ := strings.Cut(text[len(head)-1:], "\n\n")
	for _, line := range strings.Split(lines, "\n")[1:] {
		path = append(path, must(tlog.ParseHash(line)))
	}
	return path, checkpoint([]string{vkey}, signed)
}
