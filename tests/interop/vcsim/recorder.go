package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
)

// recorder keeps every SOAP exchange in the form that the conformance check
// reads: NNNNNN-Method-request.xml, -response.xml and -meta.json. What govc
// sends to read results back is no message of ours, and is left out.
type recorder struct {
	folder string
	next   http.Handler
	count  atomic.Uint64
}

type recordedMeta struct {
	Method     string `json:"method"`
	SOAPAction string `json:"soap_action"`
	Status     int    `json:"status"`
	Injected   bool   `json:"injected"`
}

func newRecorder(folder string, next http.Handler) *recorder {
	return &recorder{folder: folder, next: next}
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	action := request.Header.Get("SOAPAction")
	foreign := strings.HasPrefix(request.Header.Get("User-Agent"), "govc/")
	if request.Method != http.MethodPost || action == "" || foreign {
		r.next.ServeHTTP(w, request)
		return
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	kept := &keptAnswer{ResponseWriter: w, status: http.StatusOK}
	r.next.ServeHTTP(kept, request)

	method := methodOf(body)
	stem := filepath.Join(r.folder, fmt.Sprintf("vcsim-%d-%06d-%s", os.Getpid(), r.count.Add(1), method))
	meta, err := json.Marshal(recordedMeta{Method: method, SOAPAction: action, Status: kept.status})
	if err != nil {
		log.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"-request.xml": body, "-response.xml": kept.body.Bytes(), "-meta.json": append(meta, '\n'),
	} {
		if err := os.WriteFile(stem+name, content, 0o600); err != nil {
			log.Fatal(err)
		}
	}
}

// methodOf names the first element of the SOAP body.
func methodOf(body []byte) string {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	inBody := false
	for {
		token, err := decoder.Token()
		if err != nil {
			return "unreadable"
		}
		if start, ok := token.(xml.StartElement); ok {
			if inBody {
				return start.Name.Local
			}
			inBody = start.Name.Local == "Body"
		}
	}
}

type keptAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (k *keptAnswer) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}

func (k *keptAnswer) Write(p []byte) (int, error) {
	k.body.Write(p)
	return k.ResponseWriter.Write(p)
}
