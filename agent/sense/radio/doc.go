// Package radio is the hub of all radios of a home: the gateway's own adapters
// and the bridges in other rooms. What several of them hear of one device
// becomes one stream of readings, of configured devices only.
//
// Every radio runs under supervision: one that fails is begun anew, one that
// hears nothing is healed rung by rung, and what is learned about it is a
// reading itself (radio_state). So is what is learned about a device: it works,
// or it is silent for longer than its class allows.
//
// A device is taken from whichever radio hears it: each packet once, by its
// number or by what it says. Which radio is its radio, whose signal is told and
// through which it is connected, is decided by strength with a hysteresis.
package radio
