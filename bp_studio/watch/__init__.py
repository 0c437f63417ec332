"""The quick loop: a lesson is watched, and what a save has changed is drawn again and shown in the browser."""
