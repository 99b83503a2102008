"""The language server in a real editor: Neovim, headless, set up as docs/editor.md says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import COMMAND
from tools import ROOT

pytest.importorskip("pygls", reason="make installs pygls")
pytestmark = pytest.mark.slow

MISTAKE = "cleaner:\n  imagePullPolicy: always\n"
# Opens the file, waits for the finding, applies its quick fix, waits until it is gone; prints what there is each time.
DRIVE = """
vim.cmd("edit values.yaml")
local function wait(count)
  vim.wait(60000, function() return #vim.diagnostic.get(0) == count end, 50)
  local found = {}
  for _, each in ipairs(vim.diagnostic.get(0)) do
    table.insert(found, { each.lnum, each.col, each.code })
  end
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), "\\n")
  io.stdout:write(vim.fn.json_encode({ found = found, text = text }) .. "\\n")
end
wait(1)
local params = vim.lsp.util.make_range_params()
params.range = { start = { line = 1, character = 19 }, ["end"] = { line = 1, character = 19 } }
params.context = { diagnostics = {}, only = { "quickfix" } }
for id, answer in pairs(vim.lsp.buf_request_sync(0, "textDocument/codeAction", params, 60000)) do
  vim.lsp.util.apply_workspace_edit(answer.result[1].edit, vim.lsp.get_client_by_id(id).offset_encoding)
end
wait(0)
vim.cmd("qall!")
"""


def test_neovim_shows_a_finding_and_applies_its_fix(tmp_path: Path) -> None:
    neovim = shutil.which("nvim")
    if neovim is None:
        pytest.skip("no Neovim here (Debian: apt install neovim)")
    guide = (ROOT / "docs" / "editor.md").read_text(encoding="utf-8")
    (tmp_path / "init.lua").write_text(guide.partition("<!-- file: init.lua -->\n```lua\n")[2].partition("```")[0])
    (tmp_path / "drive.lua").write_text(DRIVE)
    (tmp_path / "values.yaml").write_text(MISTAKE)
    env = {**os.environ, "PATH": f"{Path(COMMAND).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    command = [neovim, "--headless", "-u", "init.lua", "-c", "luafile drive.lua"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=180, check=True)
    before, after = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert before == {"found": [[1, 19, "pull-policy"]], "text": MISTAKE.rstrip("\n")}
    assert after == {"found": [], "text": MISTAKE.replace("always", "Always").rstrip("\n")}
    assert (tmp_path / "values.yaml").read_text() == MISTAKE  # Neovim has not saved it, and the server writes nothing
