// Package care holds the words of the house: metrics, readings, waveform
// blocks and alerts, as the agent and the cloud both mean them.
//
// One word per thing: a chip gives samples, samples become readings, a
// detector turns readings into alerts on the gateway, and the cloud turns an
// alert into an alarm that somebody acknowledges.
package care
