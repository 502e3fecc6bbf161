"""The forms of the case pages: they parse what was typed; whether it is right, services say."""
