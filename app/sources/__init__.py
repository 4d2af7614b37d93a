"""Where orders come from: files of other shops, and orders we make up. Everything ends as events on the order topic."""
