"""The scenario language as frozen values. Reading YAML and driving a browser belong elsewhere."""
