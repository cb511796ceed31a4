// Package recordings finds the data sets beside the project, unpacks each once
// per machine and reads it into typed values. Nothing of them is in the
// project, and nothing here is linked into the agent.
package recordings
