"""What workers do: tasks, when they are done, and the engines that have them done."""
