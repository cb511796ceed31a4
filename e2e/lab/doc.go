// Package lab starts the real parts of the whole road as processes of their
// own — agent, broker, InfluxDB, cloud, browser —, breaks them, and looks at
// what came through. The house with its chips is modelled in the caller's
// process, so that it goes on when the agent is killed.
package lab
