"""The read model: what the topics say of orders and documents, in SQL. It is rebuilt from them and never migrated."""
