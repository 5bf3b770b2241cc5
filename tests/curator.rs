//! Changes of the knowledge where they hurt: under `kill -9`, under load, made by somebody who means ill.

#[path = "curator/hostile.rs"]
mod hostile;
#[path = "curator/kill.rs"]
mod kill;
#[path = "curator/load.rs"]
mod load;
#[path = "curator/scene.rs"]
mod scene;
