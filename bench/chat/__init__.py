"""The chat: messages a second to a full room, each committed before it is shown, and likes."""
