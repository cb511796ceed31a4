package sql

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/wire"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestARevokedCertificateStaysRevoked(t *testing.T) {
	ctx, d := t.Context(), open(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	allowed := func(gateway care.GatewayID, serial string) bool {
		t.Helper()
		site, ok, err := d.Authorize(ctx, gateway, serial)
		must(err)
		return ok && site == "home"
	}
	must(d.AddGateway(ctx, "home", "g1", "aa", noon.AddDate(5, 0, 0), noon))
	must(d.AddGateway(ctx, "home", "g2", "bb", noon.AddDate(5, 0, 0), noon))
	if !allowed("g1", "aa") || !allowed("g1", "unknown") || allowed("g1", "bb") || allowed("g9", "aa") {
		t.Error("the registry lets in the wrong ones")
	}
	must(d.RevokeGateway(ctx, "g1", noon))
	if allowed("g1", "aa") || allowed("g1", "unknown") {
		t.Error("a revoked gateway is let in")
	}
	must(d.AddGateway(ctx, "home", "g1", "cc", noon.AddDate(5, 0, 0), noon))
	if allowed("g1", "aa") || !allowed("g1", "cc") {
		t.Error("a new certificate must be let in, and the revoked one must not")
	}
	if err := d.AddGateway(ctx, "elsewhere", "g2", "dd", noon, noon); !errors.Is(err, ErrExists) {
		t.Errorf("a gateway moved to another site: %v", err)
	}
	if err := d.RevokeGateway(ctx, "g9", noon); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown gateway was revoked: %v", err)
	}
	list, err := d.Gateways(ctx)
	must(err)
	if len(list) != 2 || list[0].ID != "g1" || !list[0].Revoked.IsZero() {
		t.Errorf("listed %+v", list)
	}
}

func TestG2_TheLedgerSurvivesARestartAndNamesHoles(t *testing.T) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "house.db")
	const boot = uint64(0xfedcba9876543210) // does not fit a signed integer
	d := openAt(t, path)
	settle := func(at time.Time, boot uint64, ranges ...wire.Range) wire.Watermark {
		t.Helper()
		w, err := d.Settle(ctx, map[care.GatewayID]map[uint64][]wire.Range{"g1": {boot: ranges}}, at)
		if err != nil || len(w["g1"]) != 1 {
			t.Fatal(w, err)
		}
		return w["g1"][0]
	}
	settle(noon, boot, wire.Range{From: 1, To: 3})
	settle(noon.Add(time.Second), 1, wire.Range{From: 2, To: 2})
	want := wire.Watermark{Boot: boot, Top: 9, Holes: []wire.Range{{From: 4, To: 6}, {From: 8, To: 8}}}
	if w := settle(noon.Add(2*time.Second), boot, wire.Range{From: 9, To: 9}, wire.Range{From: 7, To: 7}, wire.Range{From: 2, To: 2}); !reflect.DeepEqual(w, want) {
		t.Errorf("watermark %+v, want %+v", w, want)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = openAt(t, path)
	if w, err := d.Watermark(ctx, "g1", boot); err != nil || !reflect.DeepEqual(w, want) {
		t.Errorf("after a restart: %+v, %v", w, err)
	}
	all, err := d.Watermarks(ctx, "g1")
	if err != nil || len(all) != 2 || !reflect.DeepEqual(all[0], want) || all[1].Holes[0] != (wire.Range{From: 1, To: 1}) {
		t.Errorf("watermarks %+v, %v", all, err)
	}
	if w, err := d.Watermark(ctx, "g1", 99); err != nil || w.Top != 0 || w.Covers(1) {
		t.Errorf("an unknown boot has watermark %+v, %v", w, err)
	}
}

func TestTheLedgerIsBounded(t *testing.T) {
	ctx, d := t.Context(), open(t)
	boots := map[uint64][]wire.Range{}
	for boot := range uint64(ledgerBoots + 50) {
		boots[boot+1] = []wire.Range{{From: 1, To: 1}}
	}
	if _, err := d.Settle(ctx, map[care.GatewayID]map[uint64][]wire.Range{"g1": boots}, noon); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := d.read.QueryRow(`SELECT count(*) FROM ledger`).Scan(&n); err != nil || n != ledgerBoots {
		t.Errorf("%d boots are remembered, want %d (%v)", n, ledgerBoots, err)
	}
	var scattered []wire.Range
	for i := range uint64(ledgerRuns + 10) {
		scattered = append(scattered, wire.Range{From: 2 * (i + 1), To: 2 * (i + 1)})
	}
	w, err := d.Settle(ctx, map[care.GatewayID]map[uint64][]wire.Range{"g2": {1: scattered}}, noon)
	if err != nil || w["g2"][0].Top != 2*ledgerRuns {
		t.Errorf("top %d, want %d: what is forgotten must not be covered (%v)", w["g2"][0].Top, 2*ledgerRuns, err)
	}
}

func TestH2_QuarantineListsAndReplays(t *testing.T) {
	ctx, d := t.Context(), open(t)
	put := func(gateway care.GatewayID, payload []byte) {
		t.Helper()
		if err := d.Quarantine(ctx, gateway, "osmanthus/v1/home/"+string(gateway)+"/live", payload, "malformed", noon); err != nil {
			t.Fatal(err)
		}
	}
	put("g1", []byte{1})
	put("g1", []byte{1})
	put("g1", nil)
	list, err := d.Quarantined(ctx, 10)
	if err != nil || len(list) != 2 || list[1].Times != 2 || !bytes.Equal(list[1].Payload, []byte{1}) || list[1].Reason != "malformed" || !list[1].First.Equal(noon) {
		t.Fatalf("listed %+v, %v", list, err)
	}
	if _, _, _, ok, err := d.NextReplay(ctx); ok || err != nil {
		t.Errorf("a replay nobody asked for: %v", err)
	}
	if _, err := d.AskReplay(ctx, 999); !errors.Is(err, ErrNotFound) {
		t.Errorf("a replay of what is not there: %v", err)
	}
	if n, err := d.AskReplay(ctx, 0); err != nil || n != 2 {
		t.Errorf("asked for %d, %v", n, err)
	}
	id, topic, payload, ok, err := d.NextReplay(ctx)
	if !ok || err != nil || topic != "osmanthus/v1/home/g1/live" || !bytes.Equal(payload, []byte{1}) {
		t.Fatalf("next is %d %s %x %v %v", id, topic, payload, ok, err)
	}
	if err := d.Replayed(ctx, id, "", noon); err != nil {
		t.Fatal(err)
	}
	id, _, _, _, _ = d.NextReplay(ctx)
	if err := d.Replayed(ctx, id, "still malformed", noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	list, err = d.Quarantined(ctx, 10)
	if err != nil || len(list) != 1 || list[0].Reason != "still malformed" || list[0].Asked || !list[0].Replayed.Equal(noon.Add(time.Hour)) {
		t.Errorf("listed %+v, %v", list, err)
	}
}

func TestH2_OneMadGatewayPushesOutOnlyItsOwn(t *testing.T) {
	ctx, d := t.Context(), open(t)
	if err := d.Quarantine(ctx, "g1", "t", []byte("precious"), "r", noon); err != nil {
		t.Fatal(err)
	}
	big := make([]byte, 3<<20)
	for i := range 5 {
		big[0] = byte(i)
		if err := d.Quarantine(ctx, "mad", "t", big, "r", noon); err != nil {
			t.Fatal(err)
		}
	}
	list, err := d.Quarantined(ctx, 100)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, q := range list {
		got += fmt.Sprint(q.Gateway, q.Payload[0], " ")
	}
	if got != "mad4 mad3 g1112 " {
		t.Errorf("kept %q", got)
	}
}
