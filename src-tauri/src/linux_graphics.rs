//! Work-arounds for graphics drivers with which WebKitGTK shows nothing. Owns which variables a machine needs; refuses
//! to override what the person has set. They are read once, when the webview starts, so they are set before it.

use std::path::Path;

/// What matters of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// NVIDIA's own kernel driver is loaded; the free one (nouveau) needs no help.
    pub nvidia_driver: bool,
    /// The session speaks Wayland to its programs.
    pub wayland: bool,
}

impl Machine {
    /// Looks at this machine.
    #[must_use]
    pub fn here() -> Self {
        Self {
            nvidia_driver: Path::new("/proc/driver/nvidia/version").exists(),
            wayland: is_set("WAYLAND_DISPLAY")
                && std::env::var_os("GDK_BACKEND").is_none_or(|backend| backend != "x11"),
        }
    }
}

/// The variables that a machine needs.
#[must_use]
pub fn needed(machine: Machine) -> &'static [(&'static str, &'static str)] {
    match machine {
        // The driver's explicit synchronisation meets buffers of GTK that have none, and the compositor ends the
        // connection ("Error 71"): WebKit bugs 280210, 324551. Hardware drawing stays on.
        Machine { nvidia_driver: true, wayland: true } => &[("__NV_DISABLE_EXPLICIT_SYNC", "1")],
        // The driver cannot make the buffers that WebKit's renderer shares between its processes; the window stays
        // blank (tauri#9394).
        Machine { nvidia_driver: true, wayland: false } => &[("WEBKIT_DISABLE_DMABUF_RENDERER", "1")],
        Machine { nvidia_driver: false, .. } => &[],
    }
}

/// Sets what this machine needs and the person has not set.
pub fn apply() {
    for &(name, value) in needed(Machine::here()) {
        if !is_set(name) {
            #[expect(
                unsafe_code,
                reason = "the first statement of the program: no other thread reads the environment yet"
            )]
            // SAFETY: see the reason; `run` calls this before it starts anything.
            unsafe {
                std::env::set_var(name, value);
            }
        }
    }
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_without_the_nvidia_driver_are_left_alone() {
        for wayland in [false, true] {
            assert_eq!(needed(Machine { nvidia_driver: false, wayland }), []);
        }
    }

    #[test]
    fn hardware_drawing_stays_on_where_it_works() {
        let names = |wayland| {
            needed(Machine { nvidia_driver: true, wayland }).iter().map(|(name, _)| *name).collect::<Vec<_>>()
        };
        assert_eq!(names(true), ["__NV_DISABLE_EXPLICIT_SYNC"]);
        assert_eq!(names(false), ["WEBKIT_DISABLE_DMABUF_RENDERER"]);
    }
}
