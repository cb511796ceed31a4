package esphome

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"osmanthus/drivers/internal/vectors"
)

func un(s string) []byte { b, _ := hex.DecodeString(s); return b }

func TestVectors(t *testing.T) {
	passed, all := map[string]int{}, map[string]int{}
	for _, v := range vectors.From(t, "esphome_api.json") {
		all[v.Device]++
		if err := check(v); err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		passed[v.Device]++
	}
	for device := range all {
		t.Logf("%s %d/%d", device, passed[device], all[device])
	}
}

func check(v vectors.Vector) error {
	var want map[string]any
	if err := json.Unmarshal(v.Expected, &want); err != nil {
		return err
	}
	b := un(v.InputHex)
	var got map[string]any
	var err error
	switch v.Device {
	case "esphome-varuint":
		n, _, e := varint(b)
		got, err = map[string]any{"value": n}, e
	case "esphome-plaintext":
		f, n, e := plainFrame(b)
		if e == nil && n != len(b) {
			e = fmt.Errorf("%d of %d bytes", n, len(b))
		}
		got, err = map[string]any{"type": f.kind, "payload_hex": hex.EncodeToString(f.payload)}, e
	case "esphome-noise":
		body, _, e := noiseFrame(b)
		if e != nil {
			err = e
			break
		}
		name, mac, e := serverHello(body)
		got, err = map[string]any{"proto": 1, "name": name, "mac": nil}, e
		if mac != "" {
			got["mac"] = mac
		}
	case "noise-nnpsk0":
		return checkNoise(v)
	case "esphome-ble":
		if got, err = build(v); got == nil && err == nil {
			got, err = heard(b)
		}
	}
	if want["error"] != nil {
		if err == nil {
			return fmt.Errorf("taken: %v", got)
		}
		return nil
	}
	if err != nil {
		return err
	}
	return vectors.Same(want, vectors.JSON(got))
}

func heard(b []byte) (map[string]any, error) {
	f, _, err := plainFrame(b)
	if err != nil {
		return nil, err
	}
	list := []any{}
	err = rawAdverts(f.payload, func(h Heard) {
		random := 0
		if h.Random {
			random = 1
		}
		list = append(list, map[string]any{"mac": h.Address.String(), "rssi": h.RSSI, "address_type": random, "data": hex.EncodeToString(h.Raw)})
	})
	return map[string]any{"type": f.kind, "advertisements": list}, err
}

// vectorDevice is the device of all vectors, A4:C1:38:8D:18:B2.
const vectorDevice = 0xA4C1388D18B2

// build makes the frame that a vector names, nil where it names none.
func build(v vectors.Vector) (map[string]any, error) {
	var in struct{ Message string }
	json.Unmarshal(v.Input, &in)
	var b []byte
	switch in.Message {
	case "SubscribeBluetoothLEAdvertisementsRequest flags=1 (raw)":
		b = appendPlain(nil, msgSubscribeAdverts, subscribe())
	case "HelloRequest":
		b = appendPlain(nil, msgHelloRequest, hello("edge"))
	case "BluetoothDeviceRequest connect v3 no cache":
		b = appendPlain(nil, msgDevice, deviceRequest(vectorDevice, askConnectAnew, false))
	case "GATT notify enable":
		b = appendPlain(nil, msgNotify, notifyRequest(vectorDevice, 0x11, true))
	default:
		return nil, nil
	}
	return map[string]any{"frame_hex": hex.EncodeToString(b)}, nil
}

// checkNoise plays both sides with the secrets of a vector.
func checkNoise(v vectors.Vector) error {
	var in, want map[string]string
	if err := json.Unmarshal(v.Input, &in); err != nil {
		return err
	}
	if err := json.Unmarshal(v.Expected, &want); err != nil {
		return err
	}
	key := un(in["preshared_key"])
	us, err := newHandshake(key, un(in["prologue"]), true, bytes.NewReader(un(in["gen_init_ephemeral"])))
	if err != nil {
		return err
	}
	them, err := newHandshake(key, un(in["prologue"]), false, bytes.NewReader(un(in["gen_resp_ephemeral"])))
	if err != nil {
		return err
	}
	first, _, _, err := us.WriteMessage(nil, un(in["msg_0_payload"]))
	if err != nil {
		return err
	}
	if _, _, _, err := them.ReadMessage(nil, first); err != nil {
		return err
	}
	second, in2, out2, err := them.WriteMessage(nil, un(in["msg_1_payload"]))
	if err != nil {
		return err
	}
	_, out1, in1, err := us.ReadMessage(nil, second)
	if err != nil {
		return err
	}
	third, _ := out1.Encrypt(nil, nil, un(in["msg_2_payload"]))
	fourth, _ := out2.Encrypt(nil, nil, un(in["msg_3_payload"]))
	if _, err := in2.Decrypt(nil, nil, third); err != nil {
		return err
	}
	if _, err := in1.Decrypt(nil, nil, fourth); err != nil {
		return err
	}
	for i, got := range [][]byte{first, second, third, fourth} {
		if w := want[fmt.Sprintf("msg_%d_ciphertext", i)]; hex.EncodeToString(got) != w {
			return fmt.Errorf("message %d: %x, want %s", i, got, w)
		}
	}
	return nil
}
