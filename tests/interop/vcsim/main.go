// Command vcsim serves govmomi's simulator for the interop tests: HTTPS with a
// certificate made at start, a user and password, a random port of loopback.
// It prints one line of JSON and stays until standard input closes or SIGTERM.
package main

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/vmware/govmomi/simulator"
	// Adds the older spelling of the REST API to every simulator: sessions and tags.
	_ "github.com/vmware/govmomi/vapi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

type options struct {
	model          string
	user           string
	password       string
	vms            int
	pods           int
	datastores     int
	delay          int
	sessionTimeout time.Duration
	record         string
	consolidation  string
	vmfs           bool
}

type announcement struct {
	URL        string `json:"url"`
	Username   string `json:"username"`
	Password   string `json:"password"`
	Thumbprint string `json:"thumbprint"`
	Model      string `json:"model"`
	Pid        int    `json:"pid"`
}

func main() {
	var opt options
	flag.StringVar(&opt.model, "model", "vpx", "inventory to serve: vpx or esx")
	flag.StringVar(&opt.user, "username", "interop@vsphere.local", "the only user that may log in")
	flag.StringVar(&opt.password, "password", "interop-secret", "its password")
	flag.IntVar(&opt.vms, "vm", 2, "VMs per resource pool")
	flag.IntVar(&opt.pods, "pod", 0, "storage pods (vpx only)")
	flag.IntVar(&opt.datastores, "ds", 1, "datastores")
	flag.IntVar(&opt.delay, "delay", 0, "milliseconds that every call takes")
	flag.DurationVar(&opt.sessionTimeout, "session-timeout", 0, "idle time after which a session ends (0 is the simulator's own)")
	flag.StringVar(&opt.record, "record", "", "folder that gets every SOAP request and answer")
	flag.StringVar(&opt.consolidation, "needs-consolidation", "", "VM that shall say that its disks need consolidation")
	flag.BoolVar(&opt.vmfs, "vmfs", false, "let every datastore say that it is VMFS, instead of a folder of this machine")
	flag.Parse()

	if err := serve(opt); err != nil {
		fmt.Fprintln(os.Stderr, "vcsim:", err)
		os.Exit(1)
	}
}

func serve(opt options) error {
	model, err := newModel(opt)
	if err != nil {
		return err
	}
	defer model.Remove()
	if err := model.Create(); err != nil {
		return err
	}
	if err := needConsolidation(model, opt.consolidation); err != nil {
		return err
	}
	if opt.vmfs {
		sayVMFS(model)
	}
	if opt.sessionTimeout > 0 {
		model.Map().OptionManager().UpdateOptions(&types.UpdateOptions{
			ChangedValue: []types.BaseOptionValue{&types.OptionValue{
				Key: "config.vmacore.soap.sessionTimeout", Value: opt.sessionTimeout.String(),
			}},
		})
	}

	certificate, err := selfSigned()
	if err != nil {
		return err
	}
	model.Service.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	model.Service.Listen = &url.URL{Host: "127.0.0.1:0", User: url.UserPassword(opt.user, opt.password)}
	// REST stands beside SOAP only when it is asked for.
	model.Service.RegisterEndpoints = true

	server := model.Service.NewServer()
	defer server.Close()
	if opt.record != "" {
		// Nobody knows the port yet, so no connection sees the old handler.
		server.Config.Handler = newRecorder(opt.record, server.Config.Handler)
	}

	line, err := json.Marshal(announcement{
		URL:        fmt.Sprintf("https://%s%s", server.URL.Host, server.URL.Path),
		Username:   opt.user,
		Password:   opt.password,
		Thumbprint: thumbprint(server.Certificate().Raw),
		Model:      opt.model,
		Pid:        os.Getpid(),
	})
	if err != nil {
		return err
	}
	fmt.Println(string(line))
	waitForEnd()
	return nil
}

func newModel(opt options) (*simulator.Model, error) {
	var model *simulator.Model
	switch opt.model {
	case "vpx":
		model = simulator.VPX()
		model.Pod = opt.pods
	case "esx":
		model = simulator.ESX()
	default:
		return nil, fmt.Errorf("unknown model %q: vpx or esx", opt.model)
	}
	model.Machine = opt.vms
	model.Datastore = opt.datastores
	model.DelayConfig.Delay = opt.delay
	return model, nil
}

// needConsolidation marks a VM as vCenter does after a snapshot removal that left deltas behind.
func needConsolidation(model *simulator.Model, name string) error {
	if name == "" {
		return nil
	}
	for _, entity := range model.Map().All("VirtualMachine") {
		if vm, ok := entity.(*simulator.VirtualMachine); ok && vm.Name == name {
			vm.Runtime.ConsolidationNeeded = true
			vm.Summary.Runtime.ConsolidationNeeded = true
			return nil
		}
	}
	return fmt.Errorf("no VM %q", name)
}

// sayVMFS lets the datastores, which are folders here, say that they are what a failback needs.
func sayVMFS(model *simulator.Model) {
	for _, entity := range model.Map().All("Datastore") {
		if datastore, ok := entity.(*simulator.Datastore); ok {
			datastore.Summary.Type = string(types.HostFileSystemVolumeFileSystemTypeVMFS)
		}
	}
}

// thumbprint is the SHA-256 of a DER certificate as AA:BB:...
func thumbprint(der []byte) string {
	sum := sha256.Sum256(der)
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(parts, ":")
}

// waitForEnd returns when the parent closes standard input or asks for the end.
func waitForEnd() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	closed := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(closed)
	}()
	select {
	case <-signals:
	case <-closed:
	}
}
