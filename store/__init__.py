"""The only SQL. Tables stand in `tables/`, migrations in `migrations/`; beside them one module per noun."""
