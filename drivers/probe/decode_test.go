package probe

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
)

func decodeLines(lines ...string) (status int, out []string, stderr string) {
	var stdout, errs bytes.Buffer
	ours := Messages{
		Telemetry: func(b []byte) ([]any, any, error) {
			if len(b) == 0 {
				return nil, nil, errors.New("wire: empty")
			}
			return []any{"reading"}, "envelope", nil
		},
		SenML: func(format string, b []byte) ([]any, any, error) { return nil, format + ":" + string(b), nil },
	}
	status = Run(context.Background(), []string{"decode"}, strings.NewReader(strings.Join(lines, "\n")), &stdout, &errs, ours)
	return status, strings.Split(strings.TrimSpace(stdout.String()), "\n"), errs.String()
}

// Every request has an answer in its place, whatever stands before it.
func TestDecodeAnswersEachLine(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`{"gatt":"2a37","hex":"0048"}`, `{"readings":[{"metric":"heart_rate","value":72,"unit":"/min"}],"fields":{"flags":0,"bpm":72,"contact":null,"energy_kj":null,"rr_1024":[],"rr_ms":[]}}`},
		{`{"gatt":"0x2A19","hex":"64"}`, `{"readings":[{"metric":"battery_level","value":100,"unit":"%"}],"fields":{"percent":100}}`},
		{`{"gatt":"00002a38-0000-1000-8000-00805f9b34fb","hex":"02"}`, `{"readings":[],"fields":{"location":2,"name":"wrist"}}`},
		{`{"gatt":"2a37","hex":""}`, `{"error":"Heart Rate Measurement: gatt: malformed value: 1 bytes are missing"}`},
		{`{"gatt":"2a37","hex":"zz"}`, `{"error":"not hexadecimal: encoding/hex: invalid byte: U+007A 'z'"}`},
		{`{"advert":{"service_data":{"fcd2":"440021015e3a01"},"name":"SBBT-002C","address":"A4:C1:38:8D:18:B2"}}`,
			`{"readings":[{"metric":"battery_level","value":94,"unit":"%"},{"metric":"button_press","value":1,"unit":"1"}],"fields":{"battery":94,"button":"press","format":"bthome-v2","manufacturer":"Shelly","model":"BLU Button1","packet_id":33}}`},
		{`{"advert":{"manufacturer_data":{"1234":"00"}}}`, `{"error":"advert: no known format"}`},
		{`{"frame":"mr60fda2","hex":"01000000010e02f301fe"}`,
			`{"readings":[{"metric":"fall_detected","value":1,"unit":"1"}],"fields":{"frames":[{"is_fall":true,"name":"fall","type":3586}],"is_fall":true,"name":"fall","type":3586}}`},
		{`{"frame":"mr60bha2","hex":"01000000040a15e5000090422c"}`, `{"fields":{"frames":[]},"error":"checksum"}`},
		{`{"frame":"ld2410","hex":"f4f3"}`, `{"fields":{"frames":[]},"error":"no whole frame"}`},
		{`{"frame":"abacus","hex":""}`, `{"error":"module \"abacus\" is not known"}`},
		{`{"telemetry":"00"}`, `{"readings":["reading"],"fields":"envelope"}`},
		{`{"senml":"json","text":"[]"}`, `{"readings":[],"fields":"json:[]"}`},
		{`{"senml":"cbor","hex":"78"}`, `{"readings":[],"fields":"cbor:x"}`},
		{`{"telemetry":""}`, `{"error":"wire: empty"}`},
		{`{"hello":1}`, `{"error":"nothing to decode: say gatt, advert, frame, senml or telemetry"}`},
		{`nonsense`, `{"error":"not a request: invalid character 'o' in literal null (expecting 'u')"}`},
	} {
		status, out, stderr := decodeLines("x", c.line)
		if status != 0 || stderr != "" || len(out) != 2 || out[1] != c.want {
			t.Errorf("%s\ngot  %d %q\nwant %s\n%s", c.line, status, out, c.want, stderr)
		}
	}
}

func TestDecodeRefusesALineWithoutEnd(t *testing.T) {
	if status, _, stderr := decodeLines(strings.Repeat("x", maxLine+1)); status != 2 || !strings.Contains(stderr, "a line of more than") {
		t.Errorf("%d %s", status, stderr)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(`{"gatt":"2a37","hex":"0048"}`)
	f.Add(`{"advert":{"service_data":{"fcd2":"440021015e3a01"},"manufacturer_data":{"0499":"05"},"service_uuids":["180d"]},"bindkey":"00"}`)
	f.Fuzz(func(t *testing.T, line string) {
		if strings.Contains(line, "\n") || strings.TrimSpace(line) == "" || len(line) > maxLine {
			return
		}
		if status, out, _ := decodeLines(line); status != 0 || len(out) != 1 || out[0] == "" {
			t.Fatalf("%d %q", status, out)
		}
	})
}
