package bench

import "github.com/godbus/dbus/v5"

// agent answers for a device whether somebody may pair with it: a device without
// display and keys says yes.
type agent struct{}

const (
	agentPath      = dbus.ObjectPath("/device/agent")
	agentInterface = "org.bluez.Agent1"
)

// registerAgent makes it the one that BlueZ asks.
func registerAgent(bus *dbus.Conn) error {
	if err := bus.Export(agent{}, agentPath, agentInterface); err != nil {
		return err
	}
	manager := bus.Object("org.bluez", "/org/bluez")
	if err := manager.Call("org.bluez.AgentManager1.RegisterAgent", 0, agentPath, "NoInputNoOutput").Err; err != nil {
		return err
	}
	return manager.Call("org.bluez.AgentManager1.RequestDefaultAgent", 0, agentPath).Err
}

// RequestAuthorization is BlueZ's question whether to pair.
func (agent) RequestAuthorization(dbus.ObjectPath) *dbus.Error { return nil }

// RequestConfirmation is the same with a number, which nobody sees.
func (agent) RequestConfirmation(dbus.ObjectPath, uint32) *dbus.Error { return nil }

// AuthorizeService is BlueZ's question whether a service may be used.
func (agent) AuthorizeService(dbus.ObjectPath, string) *dbus.Error { return nil }

// Release and Cancel are BlueZ's word that it asks no more.
func (agent) Release() *dbus.Error { return nil }

// Cancel is BlueZ's word that a question does not stand any more.
func (agent) Cancel() *dbus.Error { return nil }
