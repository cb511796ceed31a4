// Package health says how the agent itself is: warnings that last, the quality
// of the clock, readiness and watchdog for the system's service manager, and
// what /healthz and /metrics show.
package health
